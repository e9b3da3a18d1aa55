"""The API: routes for programs, and the gate that every request passes."""
