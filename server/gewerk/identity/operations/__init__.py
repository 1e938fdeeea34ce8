"""Verbs of identity, one file each. Keys and tokens: ``create_key``, ``rotate_secret``, ``reveal_secret``, ``revoke_key``,
``authenticate_key``, ``issue_token``. Never: what the actor may touch in other domains."""
