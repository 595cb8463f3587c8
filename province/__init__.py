"""The domain, pure: what devices say, and the places, links and devices they say it about.

Nothing here opens a file of the running system, a socket or a database; every other room
may import it, and it imports none of ours.
"""
