"""The papers' formulas written out once more: slow, literal, in float64.

Nothing here is shared with `gtp_core`. A token is an object that carries its id, so
that no index arithmetic can go wrong in the same way twice.
"""
