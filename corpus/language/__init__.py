"""Words for every floor: names of regions in six languages."""
