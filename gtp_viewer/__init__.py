"""The desktop program. Never imports torch or timm, directly or indirectly."""
