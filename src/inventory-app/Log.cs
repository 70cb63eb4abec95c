namespace InventoryApp;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "{Count} commands on product {ProductId} could not be decided in their round; they may be given again")]
    public static partial void RoundFailed(ILogger logger, string productId, int count, Exception error);

    [LoggerMessage(202, LogLevel.Error, "The stored stock of product {ProductId} is damaged and has to be repaired")]
    public static partial void Damaged(ILogger logger, string productId, Exception error);

    [LoggerMessage(203, LogLevel.Error, "A command on product {ProductId} could not be answered and is asked for again")]
    public static partial void NotAnswered(ILogger logger, string productId, Exception error);

    [LoggerMessage(204, LogLevel.Warning, "{Count} changes of stock could not be published and are told later")]
    public static partial void NotTold(ILogger logger, int count, Exception error);

    [LoggerMessage(205, LogLevel.Warning, "Changes of product {ProductId} cannot be told now; they stay noted")]
    public static partial void StaysUntold(ILogger logger, string productId, Exception error);

    [LoggerMessage(206, LogLevel.Warning, "The notes of changes that are to be told could not be worked off; the next look goes on")]
    public static partial void LookFailed(ILogger logger, Exception error);

    [LoggerMessage(207, LogLevel.Error, "The notes {Key} are damaged and have to be repaired: what they name is not told")]
    public static partial void NotesDamaged(ILogger logger, string key);
}
