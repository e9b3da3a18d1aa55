"""Jobs: files on their way to the shelf, and the lease under which one worker has them."""
