"""What is on screen as files, on the clipboard, and dragged into other programs."""
