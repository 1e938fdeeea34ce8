"""The questions of identity. Every one takes the actor and answers within the actor's organisation."""
