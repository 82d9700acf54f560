"""Hooks for pre-commit. A hook is `main(argv=None) -> int`; it translates, and the gate's library decides."""
