"""The manager's pages of firms: the own list, one firm with its framework prices, inviting, own crews."""
