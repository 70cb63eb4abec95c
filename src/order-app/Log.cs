namespace OrderApp;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Warning, "Inventory answered for order {OrderId}, which does not exist; the answer is dropped")]
    public static partial void ResultForUnknownOrder(ILogger logger, string orderId);

    [LoggerMessage(102, LogLevel.Warning, "The workflow of order {OrderId} could not be told what inventory answered; it is delivered again")]
    public static partial void ResultNotRaised(ILogger logger, string orderId, Exception error);

    [LoggerMessage(103, LogLevel.Error, "Inventory refused to ship line {Line} of order {OrderId}: {Code}; the order stays PAID and needs an operator")]
    public static partial void ShipRefused(ILogger logger, string orderId, int line, string code);

    [LoggerMessage(104, LogLevel.Warning, "Order {OrderId} is stuck since {Since}; asked once more, attempt {Attempt}")]
    public static partial void Redriven(ILogger logger, string orderId, DateTimeOffset since, int attempt);

    [LoggerMessage(105, LogLevel.Warning, "Stuck orders could not be searched or asked once more; the next search tries again")]
    public static partial void SearchFailed(ILogger logger, Exception error);
}
