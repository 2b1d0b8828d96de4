"""The parts of the dataset manager, each on the way of one dataset from what is stored to a new version.

``known`` remembers the newest versions. ``assembly`` extends one: ``gaps`` says which sessions it lacks, ``single`` has
records of some, ``fetching`` gets the posts of the others, and ``building`` makes daily records and the version out of
them. ``delivery`` stores the versions of a session. ``days`` goes between columns and the records of single sessions.
"""
