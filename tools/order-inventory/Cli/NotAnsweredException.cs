namespace OrderInventory.Cli;

/// <summary>An app could not be asked, or said that it will not answer; the message says what to do.</summary>
internal sealed class NotAnsweredException(string message) : Exception(message);
