using OrderApp.Domain;

namespace OrderApp;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Warning, "Inventory answered for order {OrderId}, which does not exist; the answer is dropped")]
    public static partial void ResultForUnknownOrder(ILogger logger, string orderId);

    [LoggerMessage(102, LogLevel.Warning, "Group {Group} could not be told what inventory answered; it is delivered again")]
    public static partial void AnswersNotRaised(ILogger logger, string? group, Exception error);

    [LoggerMessage(103, LogLevel.Error, "Inventory refused line {Line} of order {OrderId} for {Command}: {Code}; the order stays as it is and needs an operator")]
    public static partial void Refused(ILogger logger, string orderId, OrderCommand command, int line, string code);

    [LoggerMessage(104, LogLevel.Warning, "Group {Group} waits for {Orders} orders; told to look again, for the {Look}. time")]
    public static partial void LookedAgain(ILogger logger, string group, int orders, int look);

    [LoggerMessage(105, LogLevel.Warning, "The agenda could not be worked off; the next look tries again")]
    public static partial void AgendaFailed(ILogger logger, Exception error);

    [LoggerMessage(106, LogLevel.Error, "The stored order {OrderId} is damaged, or of a newer version, and has to be repaired")]
    public static partial void Damaged(ILogger logger, string orderId);

    [LoggerMessage(107, LogLevel.Error, "Group {Group} drives order {OrderId}, which is not stored")]
    public static partial void OrderMissing(ILogger logger, string orderId, string group);

    [LoggerMessage(108, LogLevel.Warning, "The workflow engine did not start group {Group} of {Orders} orders; they are accepted, and are driven when it is back")]
    public static partial void GroupNotStarted(ILogger logger, string group, int orders, Exception error);

    [LoggerMessage(109, LogLevel.Warning, "{Orders} orders of {Group} are carried on by another group, because its workflow is gone")]
    public static partial void Resumed(ILogger logger, int orders, string group);

    [LoggerMessage(110, LogLevel.Warning, "Entry {Entry} of the agenda is put off")]
    public static partial void PutOff(ILogger logger, string entry, Exception error);

    [LoggerMessage(111, LogLevel.Error, "Page {Key} of the agenda is damaged, or of a newer version, and has to be repaired")]
    public static partial void AgendaDamaged(ILogger logger, string key);

    [LoggerMessage(112, LogLevel.Warning, "Inventory answered group {Group}, whose workflow is gone, or orders that no group drives; another group carries on with those that still wait")]
    public static partial void GroupGone(ILogger logger, string? group);

    [LoggerMessage(113, LogLevel.Warning, "Group {Group} could not be looked at, or told to settle what was answered so far; it is tried again")]
    public static partial void NotSettled(ILogger logger, string group, Exception error);

    [LoggerMessage(114, LogLevel.Error, "The claim of order {OrderId}'s idempotency key, of an earlier version, is damaged and has to be repaired; nothing can be placed with the key")]
    public static partial void ClaimDamaged(ILogger logger, string orderId);
}
