"""Questions about tickets. Each takes the actor, or a ticket that a door has fetched through ``access``."""
