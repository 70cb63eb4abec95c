namespace InventoryApp;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "{Count} commands on product {ProductId} could not be decided in their round; they may be given again")]
    public static partial void RoundFailed(ILogger logger, string productId, int count, Exception error);

    [LoggerMessage(202, LogLevel.Error, "The stored stock of product {ProductId} is damaged and has to be repaired")]
    public static partial void Damaged(ILogger logger, string productId, Exception error);

    [LoggerMessage(203, LogLevel.Error, "A command on product {ProductId} could not be answered and is asked for again")]
    public static partial void NotAnswered(ILogger logger, string productId, Exception error);
}
