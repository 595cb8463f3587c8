"""Live: every device has a real session with a real broker, at the true pace or faster."""
