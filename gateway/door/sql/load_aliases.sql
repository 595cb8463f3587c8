-- What other systems call the devices.
SELECT alias, device_code FROM device_aliases
