using System.ComponentModel.DataAnnotations;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>Body of `dismiss`; it may be left out.</summary>
public sealed record DismissRequest
{
    internal const int MaxReason = 500;

    /// <summary>Why the message does not matter, for whoever looks at it later; null for nothing.</summary>
    [StringLength(MaxReason, MinimumLength = 1), RegularExpression(PlainText.Pattern)]
    public string? Reason { get; init; }
}
