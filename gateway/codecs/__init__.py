"""Codecs: adapters for formats that need more than a mapping of fields.

SenML, LwM2M object reads in SenML, and Sparkplug B. Pure: bytes and a time in, records of the wire
contract out. What names mean is data, in `names.csv` beside each codec.
"""
