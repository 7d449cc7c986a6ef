"""The only code that touches huggingface_hub, GitHub, git, HTTP, the disk and the clock."""
