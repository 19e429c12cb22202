package sandbox

// LibraryFolders is libraryFolders for tests.
var LibraryFolders = libraryFolders
