"""The engine: pure, in event time, without I/O. The same events give the same transitions."""
