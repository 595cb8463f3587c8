"""The local stack: a private broker and database on a machine without containers.

It finds the server programs or fetches them as signed Debian packages, starts them in
directories of their own, and starts our services as commands; it imports none of them.
"""
