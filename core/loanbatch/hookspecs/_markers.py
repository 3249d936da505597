"""The marks on hooks and on their implementations."""

import pluggy

#: The pluggy project name and the entry-point group.
PROJECT_NAME = "loanbatch"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
