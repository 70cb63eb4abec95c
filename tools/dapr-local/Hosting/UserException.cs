namespace DaprLocal.Hosting;

/// <summary>Something the user can put right; shown as one message without a stack trace, and the command fails.</summary>
internal sealed class UserException(string message) : Exception(message);
