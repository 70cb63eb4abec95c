namespace OrderApp;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Warning, "Inventory answered for order {OrderId}, which does not exist; the answer is dropped")]
    public static partial void ResultForUnknownOrder(ILogger logger, string orderId);

    [LoggerMessage(102, LogLevel.Warning, "The workflow of order {OrderId} could not be told what inventory answered; it is delivered again")]
    public static partial void ResultNotRaised(ILogger logger, string orderId, Exception error);
}
