"""Tools to run, feed, watch and break the hub on one machine; nothing shipped imports it."""
