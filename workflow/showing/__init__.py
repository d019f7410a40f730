"""What the core returns, made ready for faces: pages for people, plain data with stable keys for programs."""
