"""Pages of whoever runs the installation: organisations, vetting of firms, catalogue, outbox, health. Never a manager's stock."""
