using OrderInventory.Repairing;

namespace OrderInventory.Web.Repairs;

/// <summary>What came of giving a line back.</summary>
/// <param name="By">Who asked for it.</param>
/// <param name="Time">When it was known, UTC.</param>
/// <param name="Outcome">What was read afterwards.</param>
public sealed record RepairNote(string By, DateTimeOffset Time, LineOutcome Outcome);

/// <summary>A line that may have to be given back, as it is now.</summary>
/// <param name="Verdict">What is to be done about it.</param>
/// <param name="Message">What will be published, with line breaks; null for nothing.</param>
/// <param name="CanRepair">False when this console knows no sidecar.</param>
/// <param name="Note">What came of the action that led here; null for none.</param>
public sealed record RepairModel(LineVerdict Verdict, string? Message, bool CanRepair, RepairNote? Note);
