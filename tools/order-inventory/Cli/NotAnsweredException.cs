namespace OrderInventory.Cli;

/// <summary>An app could not be asked, or said that it will not answer; the message says what to do.</summary>
internal class NotAnsweredException(string message) : Exception(message);

/// <summary>An app does not take what it was asked; the message says why. Asking again is of no use.</summary>
internal sealed class RefusedException(string message) : NotAnsweredException(message)
{
    /// <summary>What is wrong, by the parameter or field of the request; empty when that is not said.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();
}
