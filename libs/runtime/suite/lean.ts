// First of all imports of a child: maps of sources are read for every module otherwise, a quarter of its start.
process.setSourceMapsEnabled(false);
