"""What all tests share: no time limit on an example, since the first may have to compile a kernel."""

from hypothesis import settings

settings.register_profile("countysim", deadline=None)
settings.load_profile("countysim")
