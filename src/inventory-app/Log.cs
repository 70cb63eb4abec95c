namespace InventoryApp;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "A round of {Count} commands on product {ProductId} failed; they may be given again")]
    public static partial void RoundFailed(ILogger logger, string productId, int count, Exception error);
}
