/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arch/x86/guest/xen/nested-owner.c
 *
 * Which domain owns the nested host, and how it changes: handed over by the
 * hardware domain, or because the owner dies.  Whatever an owner has on L0 is
 * released before the next one may call.
 */
#include <xen/init.h>
#include <xen/nospec.h>
#include <xen/sched.h>

#include <asm/guest.h>

#include "nested.h"

/* Instead of a domid: the hardware domain, whatever its number; nobody. */
#define OWNER_HARDWARE DOMID_INVALID
#define OWNER_NOBODY   DOMID_IDLE

/* Held for reading while an operation runs, lest the owner change below it. */
static DEFINE_RWLOCK(owner_lock);
static domid_t __read_mostly owner = OWNER_HARDWARE;
/* An owner that is being destroyed, until all it had is released. */
static domid_t __read_mostly dying = DOMID_INVALID;

/*
 * Held by who ends what an owner has.  Only ever tried, so its place in the
 * lock order does not matter: whoever does not get it comes again.
 */
static DEFINE_SPINLOCK(release_lock);

/*
 * Where to go on with the grants of an owner that loses the connection.  0 when
 * somebody is the owner, who may publish below it.  Needs the release lock.
 */
static unsigned int release_next;

void __init nested_owner_init(domid_t domid)
{
    owner = domid;
}

static bool is_owner(const struct domain *d)
{
    return owner == OWNER_HARDWARE ? is_hardware_domain(d)
                                   : evaluate_nospec(d->domain_id == owner);
}

void nested_owner_print(void)
{
    domid_t domid = ACCESS_ONCE(owner);

    if ( domid == OWNER_HARDWARE )
        printk("is the hardware domain\n");
    else if ( domid == OWNER_NOBODY )
        printk("changes\n");
    else
        printk("d%u\n", domid);
}

bool nested_owner_get(const struct domain *d)
{
    read_lock(&owner_lock);
    if ( is_owner(d) )
        return true;
    read_unlock(&owner_lock);

    return false;
}

void nested_owner_put(void)
{
    read_unlock(&owner_lock);
}

/*
 * @d is to have nothing left on L0; whoever opens something for it meanwhile
 * must not mind.  -ERESTART: to be called again, with the same @next, which is
 * 0 at first.  Needs the release lock.
 */
static int release_all(struct domain *d, unsigned int *next)
{
    return nested_evtchn_release(d) ?:
           nested_map_release() ?:
           nested_grant_release(d, next);
}

int nested_reset(struct domain *d, unsigned int *next)
{
    int rc;

    if ( !spin_trylock(&release_lock) )
        return -ERESTART;

    rc = release_all(d, next);
    spin_unlock(&release_lock);

    return rc;
}

int nested_domain_destroy(struct domain *d)
{
    bool mine;
    int rc;

    /* One that is half built has nothing; the next try is to be the owner. */
    if ( !nested_host || d->is_dying == DOMDYING_dead )
        return 0;

    write_lock(&owner_lock);
    /* Nobody: the hardware domain's, which is half through with set_owner. */
    if ( is_owner(d) ||
         (owner == OWNER_NOBODY && dying == DOMID_INVALID &&
          is_hardware_domain(d)) )
    {
        dying = d->domain_id;
        owner = OWNER_NOBODY;
    }
    mine = dying == d->domain_id;
    write_unlock(&owner_lock);

    if ( !mine )
        return 0;

    rc = nested_reset(d, &release_next);
    if ( rc )
        return rc;

    write_lock(&owner_lock);
    dying = DOMID_INVALID;
    owner = OWNER_HARDWARE;
    write_unlock(&owner_lock);

    return 0;
}

/*
 * May the connection be taken from the present owner?  A guest that has frames
 * of L0 mapped keeps them mapped, so it has to be destroyed first.  Nobody: an
 * earlier call is half through, and this one may go on with it.
 */
static bool owner_may_change(void)
{
    struct domain *d;

    if ( owner == OWNER_NOBODY )
        return dying == DOMID_INVALID;

    if ( owner == OWNER_HARDWARE || owner == hardware_domain->domain_id )
        return true;

    d = rcu_lock_domain_by_id(owner);
    if ( d )
        rcu_unlock_domain(d);

    return !d;
}

/* Take the connection from whoever has it, for now for nobody. */
static int disown(const struct domain *next)
{
    int rc = 0;

    write_lock(&owner_lock);
    if ( is_owner(next) )
        rc = -EEXIST;
    else if ( owner_may_change() )
        owner = OWNER_NOBODY;
    else
        rc = -EBUSY;
    write_unlock(&owner_lock);

    return rc;
}

/* Of an owner there is none: let it be @d. */
static int make_owner(const struct domain *d)
{
    int rc = 0;

    write_lock(&owner_lock);
    if ( d->is_dying )
    {
        /* Pairs with nested_domain_destroy(), which runs once this is set. */
        rc = -ESRCH;
        owner = OWNER_HARDWARE;
    }
    else
        owner = is_hardware_domain(d) ? OWNER_HARDWARE : d->domain_id;
    write_unlock(&owner_lock);

    return rc;
}

/* If a set_owner has made nobody the owner, let it be the hardware domain. */
static void give_up(void)
{
    write_lock(&owner_lock);
    if ( owner == OWNER_NOBODY && dying == DOMID_INVALID )
    {
        release_next = 0;
        owner = OWNER_HARDWARE;
    }
    write_unlock(&owner_lock);
}

int nested_owner_refuse(int rc)
{
    /* Not below a call that is releasing for the owner that it makes. */
    if ( !spin_trylock(&release_lock) )
        return -ERESTART;

    give_up();
    spin_unlock(&release_lock);

    return rc;
}

int nested_set_owner(struct domain *caller,
                     const struct xen_nested_set_owner *op)
{
    struct domain *d;
    int rc;

    if ( op->pad )
        return nested_owner_refuse(-EINVAL);

    d = rcu_lock_domain_by_any_id(op->domid);
    if ( !d )
        return nested_owner_refuse(-ESRCH);

    /* Over all of it, lest another call make its domain the owner meanwhile. */
    if ( spin_trylock(&release_lock) )
    {
        rc = disown(d);
        if ( !rc )
            /* Others than the caller that might have been owner are gone. */
            rc = release_all(caller, &release_next) ?:
                 nested_frames_revoke(caller) ?:
                 make_owner(d);
        else if ( rc == -EEXIST )
            rc = 0;

        if ( rc && rc != -ERESTART )
            give_up();

        spin_unlock(&release_lock);
    }
    else
        rc = -ERESTART;

    rcu_unlock_domain(d);

    return rc;
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
