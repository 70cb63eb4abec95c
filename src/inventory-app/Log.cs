namespace InventoryApp;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "A round of {Count} commands on product {ProductId} failed; they may be given again")]
    public static partial void RoundFailed(ILogger logger, string productId, int count, Exception error);

    [LoggerMessage(202, LogLevel.Error, "The stored stock of product {ProductId} is damaged and has to be repaired")]
    public static partial void Damaged(ILogger logger, string productId, Exception error);
}
