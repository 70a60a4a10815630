/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the network drivers of all hosts need for packets that one passes on to
 * another.
 */
#ifndef _XEN_XENHOST_NET_H
#define _XEN_XENHOST_NET_H

#include <linux/gfp.h>
#include <linux/skbuff.h>

#include <xen/xenhost_gnttab_map.h>

/* A page that can neither be granted to domains of @xh nor be copied from? */
static inline bool xenhost_page_is_others(xenhost_t *xh, struct page *page)
{
	return xenhost_page_lent(page) ||
	       (xenhost_copies(xh) && xen_page_foreign(page));
}

/**
 * xenhost_own_skb - have a packet in pages that can be granted and copied from
 * @xh: host of the device that is to send it
 * @skb: the packet; nobody else has it
 *
 * Copies the packet if a domain of the nested host lent pages of it, or if this
 * kernel is not trusted on @xh with the pages of others that are in it.  Any
 * context.  A NOP with one host only.
 *
 * Return: 0 or a negative errno; the packet is to be dropped then.
 */
static inline int xenhost_own_skb(xenhost_t *xh, struct sk_buff *skb)
{
	const skb_frag_t *frag = skb_shinfo(skb)->frags;
	const skb_frag_t *end = frag + skb_shinfo(skb)->nr_frags;

	if (!xenhost_multi())
		return 0;

	for (; frag < end; frag++) {
		if (!xenhost_page_is_others(xh, skb_frag_page(frag)))
			continue;
		xenhost_count_copied(xh, skb->data_len);
		/* What netback received, or a disk sends over the network */
		return skb_zcopy(skb) ? skb_orphan_frags(skb, GFP_ATOMIC) :
					skb_linearize(skb);
	}

	return 0;
}

#endif /* _XEN_XENHOST_NET_H */
