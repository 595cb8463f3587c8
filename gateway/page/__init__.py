"""The live page: who has broadband now, on a map, in figures and in a list of what is wrong.

`picture` reads how things stand, `view` is what of it exists for whoever looks, `hub` hears of
changes and hands them to the streams of all open pages.
"""
