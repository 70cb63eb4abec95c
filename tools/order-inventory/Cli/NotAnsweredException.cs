namespace OrderInventory.Cli;

/// <summary>An app could not be asked, or said that it will not answer; the message says what to do.</summary>
internal class NotAnsweredException(string message) : Exception(message);

/// <summary>An app does not take what it was asked; the message says why. Asking again is of no use.</summary>
internal sealed class RefusedException(string message) : NotAnsweredException(message);
