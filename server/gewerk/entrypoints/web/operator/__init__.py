"""Pages of whoever runs the installation: organisations, outbox, health. Never a manager's stock."""
