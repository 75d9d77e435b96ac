//! The composition root: opens the files, wires the layers, shuts them down.
