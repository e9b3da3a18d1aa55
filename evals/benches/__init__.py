"""One file a bench: retrieval, segmentation, injection, writing and the rest."""
