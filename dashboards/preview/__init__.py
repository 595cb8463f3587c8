"""Seeing a board without a Grafana: its queries' real answers, drawn simply, on one page.

A preview shows what a panel has to say, not what Grafana makes of it to the pixel.
"""
