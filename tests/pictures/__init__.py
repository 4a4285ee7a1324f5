"""Small stored pictures of what is painted, compared within a tolerance.

``make pictures`` paints them anew. Look at each of them before it is committed.
"""
