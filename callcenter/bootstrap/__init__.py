"""What `./run` does before there is a virtual environment. Standard library only.

Each step looks first whether its work is done, so that a second start is quick.
"""
