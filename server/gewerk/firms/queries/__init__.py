"""Questions about firms, their prices and crews. Each takes the actor; a question never changes anything."""
