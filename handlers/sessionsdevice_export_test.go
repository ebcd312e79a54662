package handlers

// Device is device for tests of its own.
var Device = device
