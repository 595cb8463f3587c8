"""The service: hears the broker, decides, remembers through every fault, tells people."""
