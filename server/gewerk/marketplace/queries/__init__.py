"""Questions about requests and quotes, each for an actor."""
