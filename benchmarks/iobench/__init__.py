"""IoBench: how well change on Io is found, by iovolc and by the detectors that people would otherwise use.

Changes of known place, size, colour and date are drawn onto the real map of Io at image level, before blur, local warp,
light, noise and gaps. What is found is counted against them. Nothing here serves real data, and nothing in the package
imports it.
"""
