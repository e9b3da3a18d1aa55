"""Is a statement borne out? Measured on labelled sets, by rule and by a judge model."""
